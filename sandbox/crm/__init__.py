"""The CRM itself: companies, people, opportunities and policies."""
