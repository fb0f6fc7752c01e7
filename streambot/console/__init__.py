"""What people see and press: the controller's, the host's and ops' pages, pushed live from one aiohttp process."""
