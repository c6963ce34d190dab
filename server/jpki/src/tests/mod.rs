//! Each rule about cards, and something that breaks it and nothing else.

mod any_bytes;
mod certificate;
mod crl;
mod crl_folder;
mod inquiry;
mod lab;
mod token;
mod trust;
