"""The mutation study: right derivations, faults put into their source, and what is said of them."""
