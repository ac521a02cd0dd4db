//! Stops calling an endpoint that keeps failing.
