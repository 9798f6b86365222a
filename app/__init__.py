"""The dashboard: what people see. No arithmetic, no parsing, no SQL."""
