"""The HTTP face: routes, sign-in, problems, pages. It holds no rule of lending."""
