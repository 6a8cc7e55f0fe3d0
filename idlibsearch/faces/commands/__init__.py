"""The commands of the command line, a module each, loaded when it is asked for."""
