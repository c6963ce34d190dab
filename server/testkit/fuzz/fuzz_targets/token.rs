#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    techo_testkit::fuzz_entry::token(bytes);
});
