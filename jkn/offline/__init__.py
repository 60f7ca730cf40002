"""Forms that a volunteer writes without a signal: sent later, counted once, else decided by the member.

service takes them in, doing lets the services behind the pages do what they say. Table: offline_form."""
