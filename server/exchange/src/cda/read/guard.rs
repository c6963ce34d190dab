//! What is checked on the bytes before a tree is built, so that no document costs more than it should.

use super::problem::{DocumentFault, DocumentProblem};
use encoding_rs::SHIFT_JIS;
use roxmltree::Error;
use std::borrow::Cow;

/// Upper bounds of one document. A real one has some 40 kilobytes, 2,000 nodes and 12 levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentLimits {
    /// Bytes of the document.
    pub bytes: usize,
    /// Elements within elements.
    pub depth: usize,
    /// Elements, texts and comments.
    pub nodes: u32,
    /// Attributes of one element. The parser compares each with each other one.
    pub attributes: usize,
    /// Namespace declarations in force at any place. The parser compares each with each one of the elements around
    /// it, so that four megabytes of them would keep it busy for a minute.
    pub namespaces: usize,
}

impl Default for DocumentLimits {
    fn default() -> Self {
        Self { bytes: 4 * 1024 * 1024, depth: 64, nodes: 200_000, attributes: 64, namespaces: 32 }
    }
}

/// The text of the document, by its byte order mark or its declaration.
pub(super) fn text<'b>(bytes: &'b [u8], limits: &DocumentLimits) -> Result<Cow<'b, str>, DocumentProblem> {
    let refuse = |fault| Err(DocumentProblem::new("/", fault));
    if bytes.len() > limits.bytes {
        return refuse(DocumentFault::TooLarge(limits.bytes));
    }
    if let Some(fault) = not_even_text(bytes) {
        return refuse(fault);
    }
    let (bytes, marked) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (rest, true),
        None => (bytes, false),
    };
    let declared = declared_encoding(bytes).map(|name| name.to_ascii_lowercase());
    let decoded =
        match declared.as_deref() {
            None | Some(b"utf-8" | b"utf8") => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Some(
                b"shift_jis" | b"shift-jis" | b"sjis" | b"x-sjis" | b"windows-31j" | b"cp932" | b"ms932",
            ) if !marked => SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes),
            Some(_) => return refuse(DocumentFault::UnknownEncoding),
        };
    decoded.map_or_else(|| refuse(DocumentFault::Undecodable), Ok)
}

/// Whether bytes begin like XML, in whatever encoding.
pub fn looks_like_xml(head: &[u8]) -> bool {
    let marks: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];
    let mut rest = head;
    while let Some(behind) = marks.iter().find_map(|mark| rest.strip_prefix(*mark)) {
        rest = behind;
    }
    rest.trim_ascii_start().strip_prefix(b"\0").unwrap_or(rest.trim_ascii_start()).starts_with(b"<")
}

/// What the first bytes give away.
fn not_even_text(bytes: &[u8]) -> Option<DocumentFault> {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'<', 0, ..] | [0, b'<', ..] => Some(DocumentFault::Utf16),
        [0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf, ..] => Some(DocumentFault::TwoMarks),
        _ if bytes.trim_ascii().is_empty() => Some(DocumentFault::Empty),
        _ => None,
    }
}

/// What stands behind `encoding=` in the XML declaration.
fn declared_encoding(bytes: &[u8]) -> Option<&[u8]> {
    let head = bytes.get(..bytes.len().min(256))?.strip_prefix(b"<?xml")?;
    let declaration = &head[..memchr::memmem::find(head, b"?>")?];
    let at = memchr::memmem::find(declaration, b"encoding")? + b"encoding".len();
    let rest = declaration[at..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (quote, rest) = rest.split_first().filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
    Some(&rest[..memchr::memchr(*quote, rest)?])
}

/// Walks over the tags without building anything: no DTD, no nesting, attributes or namespaces beyond the limits. Text
/// that is not well-formed is left to the parser, which stops where this walk stops.
pub(super) fn check_nesting(text: &str, limits: &DocumentLimits) -> Result<(), DocumentProblem> {
    let bytes = text.as_bytes();
    // One entry for each open element: how many namespace declarations are in force within it.
    let mut open: Vec<usize> = Vec::with_capacity(limits.depth + 1);
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'<', &bytes[at..]) {
        let refuse = |fault| Err(DocumentProblem::new(line_and_column(text, at + found), fault));
        let rest = &bytes[at + found..];
        let length = match rest {
            [b'<', b'!', b'-', b'-', ..] => after(rest, 4, b"-->"),
            [b'<', b'!', b'[', ..] => after(rest, 3, b"]]>"),
            [b'<', b'!', ..] => return refuse(DocumentFault::DocumentType),
            [b'<', b'?', ..] => after(rest, 2, b"?>"),
            [b'<', b'/', ..] => {
                open.pop();
                after(rest, 2, b">")
            }
            _ => match start_tag(rest) {
                None => None,
                Some(tag) => {
                    let namespaces = open.last().unwrap_or(&0) + tag.namespaces;
                    if tag.attributes > limits.attributes {
                        return refuse(DocumentFault::TooManyAttributes(limits.attributes));
                    }
                    if namespaces > limits.namespaces {
                        return refuse(DocumentFault::TooManyNamespaces(limits.namespaces));
                    }
                    if !tag.is_empty {
                        open.push(namespaces);
                    }
                    Some(tag.length)
                }
            },
        };
        if open.len() > limits.depth {
            return refuse(DocumentFault::TooDeep(limits.depth));
        }
        let Some(length) = length else { return Ok(()) };
        at += found + length;
    }
    Ok(())
}

/// Bytes up to and including `end`, which is looked for behind the first `skip` bytes.
fn after(rest: &[u8], skip: usize, end: &[u8]) -> Option<usize> {
    let found = memchr::memmem::find(rest.get(skip..)?, end)?;
    Some(skip + found + end.len())
}

#[derive(Default)]
struct StartTag {
    length: usize,
    attributes: usize,
    /// How many of the attributes declare a namespace.
    namespaces: usize,
    is_empty: bool,
}

/// A start tag up to its `>`, which may also stand within a quoted value.
fn start_tag(rest: &[u8]) -> Option<StartTag> {
    let mut tag = StartTag::default();
    let mut at = 1;
    loop {
        match *rest.get(at)? {
            b'>' => return Some(StartTag { length: at + 1, is_empty: rest[at - 1] == b'/', ..tag }),
            b'=' => {
                tag.attributes += 1;
                let name = rest[..at].trim_ascii_end().rsplit(u8::is_ascii_whitespace).next();
                tag.namespaces += usize::from(name.is_some_and(|name| name.starts_with(b"xmlns")));
            }
            quote @ (b'"' | b'\'') => at += 1 + memchr::memchr(quote, rest.get(at + 1..)?)?,
            _ => {}
        }
        at += 1;
    }
}

fn line_and_column(text: &str, at: usize) -> String {
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    place(line, column)
}

fn place(line: impl std::fmt::Display, column: impl std::fmt::Display) -> String {
    format!("{line}行目の{column}文字目")
}

/// What the parser found. Its own message may repeat names from the document, so only the place is taken; where the text
/// ends too early the parser has none, and the place is its end.
pub(super) fn refused(error: &Error, text: &str) -> DocumentProblem {
    let fault = match error {
        Error::DtdDetected => DocumentFault::DocumentType,
        Error::NodesLimitReached => DocumentFault::TooManyNodes(DocumentLimits::default().nodes),
        Error::UnclosedRootNode | Error::UnexpectedEndOfStream => {
            return DocumentProblem::new(line_and_column(text, text.len()), DocumentFault::Unfinished);
        }
        _ => DocumentFault::NotXml,
    };
    let position = error.pos();
    DocumentProblem::new(place(position.row, position.col), fault)
}
