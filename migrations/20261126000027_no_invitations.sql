-- Accounts still begin with a password that an administrator hands over and that ends after a week; nothing writes invitations.
DROP TABLE invitations;
