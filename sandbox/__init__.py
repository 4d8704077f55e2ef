"""A little insurance broker's CRM that uses the plugin as any host would. Start it with ``sandbox/run``."""
