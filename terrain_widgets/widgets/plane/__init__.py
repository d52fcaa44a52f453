"""The plane: picture, paths, points, and the sheet that feels the pointer."""
