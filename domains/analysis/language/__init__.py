"""What words on a call mean to an analyst: sentences, trackers, objections, next steps, dates, roles, qualification."""
