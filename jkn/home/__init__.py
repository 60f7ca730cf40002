"""The first page, language, help, the health of the service. No table."""
