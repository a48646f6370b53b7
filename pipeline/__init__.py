"""Configuration, the DAG, its runners and the command line."""
