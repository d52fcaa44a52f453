"""Recording a performance, its files, and rendering it again."""
