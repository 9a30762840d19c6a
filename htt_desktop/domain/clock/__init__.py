"""When was it: the logger's clock tied to official race time."""
