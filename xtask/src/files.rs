//! Files of the bundle: reading their sources, naming them by their contents, compressing them.

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

/// Every file below a folder, sorted, with its path inside the folder; none when the folder is not there.
pub fn below(folder: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        if !next.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&next)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let inside =
                    path.strip_prefix(folder).context("a file lies outside its own folder")?.to_path_buf();
                found.push((inside, fs::read(&path)?));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// All style files in the order of their names as one sheet.
pub fn one_sheet(folder: &Path) -> Result<String> {
    let mut sheet = String::new();
    for (path, bytes) in below(folder)? {
        if path.extension().is_some_and(|extension| extension == "css") {
            sheet.push_str(&squeeze(&String::from_utf8(bytes).context("a style file is not UTF-8")?));
        }
    }
    Ok(sheet)
}

/// A style sheet without comments and indentation; everything else is left to compression.
fn squeeze(sheet: &str) -> String {
    let mut rest = sheet;
    let mut kept = String::with_capacity(sheet.len());
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    let lines = kept.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| format!("{line}\n")).collect()
}

/// The first 16 hexadecimal digits of SHA-256: enough to tell two builds apart.
pub fn short_hash<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes of one file plain and compressed.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Sizes {
    /// As it is.
    pub plain: usize,
    /// Brotli.
    pub br: usize,
    /// Gzip.
    pub gz: usize,
}

/// Writes a file, and beside it the same as `.br` and `.gz`.
pub fn write(path: &Path, bytes: &[u8]) -> Result<Sizes> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let (br, gz) = (brotli(bytes)?, gzip(bytes)?);
    let beside = |ending: &str| PathBuf::from(format!("{}.{ending}", path.display()));
    fs::write(beside("br"), &br)?;
    fs::write(beside("gz"), &gz)?;
    fs::write(path, bytes)?;
    Ok(Sizes { plain: bytes.len(), br: br.len(), gz: gz.len() })
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    let quality = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &quality)?;
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes)?;
    Ok(packer.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_indentation_of_styles_are_dropped() {
        assert_eq!(
            squeeze("/* a\nb */\n.x {\n  color: red; /* why */\n}\n\n.y{}"),
            ".x {\ncolor: red;\n}\n.y{}\n"
        );
    }

    #[test]
    fn the_hash_tells_where_one_part_ends() {
        assert_ne!(short_hash([b"ab".as_slice(), b"c"]), short_hash([b"a".as_slice(), b"bc"]));
    }
}
