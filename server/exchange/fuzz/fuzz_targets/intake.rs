#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| techo_exchange::fuzz_entry::intake(bytes));
