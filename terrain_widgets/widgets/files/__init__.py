"""Files through the browser, and the bar that saves and opens."""
