"""Cash that agents take for a family: paid from their deposit, or waiting, within a cap. Tables: agent, cash.

An agent is a volunteer; a member's consent for bills opens what they take."""
