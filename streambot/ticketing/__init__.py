"""Complaints and order questions become tickets: opened with the decision, worked on by people, told in a dispute."""
