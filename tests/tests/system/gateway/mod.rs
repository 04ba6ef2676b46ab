//! The whole way of a ring: a report, its bell, a message to whoever is on duty, and a reply that ends it.

mod night;
