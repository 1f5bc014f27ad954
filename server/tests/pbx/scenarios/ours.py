"""We call: customers, and each other."""
