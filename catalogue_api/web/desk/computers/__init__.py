"""The computers at the desk: the plan of a site, slots for readers, who walks in, and classes."""
