//! Each rule about cards, and something that breaks it and nothing else.

mod any_bytes;
mod certificate;
mod crl;
mod lab;
mod token;
mod trust;
