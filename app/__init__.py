"""The application: settings, composition root, command line, the embedded model server."""
