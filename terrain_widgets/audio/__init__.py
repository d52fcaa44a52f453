"""The realtime side: engine, processors, hosts and sinks. Nothing here knows a widget."""
