"""The season: who drove what, how well, and why; maths on official timing alone."""
