"""What painted charts share: scenes, layout, marks, labels, pointer."""
