"""The first page, language, help, forms on paper, the health of the service. No table."""
