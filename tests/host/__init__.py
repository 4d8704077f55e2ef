"""A host with every kind of relation a path to an address may lead through."""
