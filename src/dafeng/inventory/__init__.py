"""Energy and emission accounts: the account of a plain table, and readings of the graph as inventories."""
