//! Files that hold DER as it is, or one or more PEM blocks with text around them, as `openssl x509 -text` writes.

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";

/// The DER documents in a file: the file itself, or the content of each PEM block.
///
/// `None` when a block is broken or bears another label (a private key, for instance).
pub(super) fn documents(file: &[u8], label: &str) -> Option<Vec<Vec<u8>>> {
    if is_der(file) {
        return Some(vec![file.to_vec()]);
    }
    let mut rest = file;
    let mut documents = Vec::new();
    while let Some(start) = find(rest, BEGIN) {
        let block = &rest[start..];
        let end = find(block, END)?;
        let length = end + block[end..].iter().position(|byte| *byte == b'\n').unwrap_or(block.len() - end);
        let (found, der) = der::pem::decode_vec(block[..length].trim_ascii_end()).ok()?;
        if found != label {
            return None;
        }
        documents.push(der);
        rest = &block[length..];
    }
    (!documents.is_empty()).then_some(documents)
}

/// A DER sequence of more than 127 bytes, which no text begins like.
fn is_der(file: &[u8]) -> bool {
    matches!(file, [0x30, length, ..] if length & 0x80 != 0)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
