//! Evaluations: how good the product is, measured on data that it was not made from.

pub mod retrieval; // does a search find what answers the question?
