"""What goes before plans: advice from each profession, drafts, and referrals for diagnosis."""
