"""Money: what is opened, shared, asked for, programmed, awarded and paid (ADR 0018). Its models stand in `models`."""
