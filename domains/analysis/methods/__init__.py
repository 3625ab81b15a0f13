"""Methods and operators, one module per analysis type."""
