//! Packages as senders make them, and as attackers do.

use super::*;
use encoding_rs::SHIFT_JIS;
use proptest::prelude::*;
use std::io::{Cursor, Write};
use zip::{ZipWriter, write::SimpleFileOptions};

mod contradictions;

type Files<'f> = &'f [(&'f str, &'f [u8])];

fn package(files: Files<'_>) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        zip.start_file(*path, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn read_with(
    bytes: &[u8],
    limits: PackageLimits,
) -> Result<Vec<Result<ArchiveEntry, EntryProblem>>, OpenError> {
    Ok(CheckupPackage::open_with_limits(Cursor::new(bytes), limits)?.documents().collect())
}

/// Paths that were read, and paths with the fault that kept them from it.
fn outcome(bytes: &[u8]) -> (Vec<String>, Vec<(String, EntryFault)>) {
    let (mut good, mut bad) = (vec![], vec![]);
    for item in read_with(bytes, PackageLimits::default()).unwrap() {
        match item {
            Ok(entry) => good.push(entry.path),
            Err(problem) => bad.push((problem.path, problem.fault)),
        }
    }
    (good, bad)
}

/// Noise that deflate cannot shrink.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0] | 0x80
    })
    .take(length)
    .collect()
}

#[test]
fn only_the_documents_of_a_package_are_read_in_order() {
    let stem = "6631111116_01130012_200901150_1";
    let paths: Vec<String> = [
        "ix08_V08.xml",
        "su08_V08.xml",
        "DATA/h2.xml",
        "DATA/h1.XML",
        "CLAIMS/c1.xml",
        "XSD/hc08_V08.xsd",
        "DATA/memo.txt",
    ]
    .iter()
    .map(|name| format!("{stem}/{name}"))
    .collect();
    let files: Vec<(&str, &[u8])> = paths.iter().map(|path| (path.as_str(), &b"<a/>"[..])).collect();
    let (good, bad) = outcome(&package(&files));
    assert_eq!(good, [format!("{stem}/DATA/h2.xml"), format!("{stem}/DATA/h1.XML")]);
    assert_eq!(bad, []);
}

#[test]
fn documents_at_the_top_are_read_where_there_is_no_data_folder() {
    let (good, _) =
        outcome(&package(&[("h1.xml", b"<a/>"), ("ix08_V08.xml", b"<a/>"), ("XSD/x.xml", b"<a/>")]));
    assert_eq!(good, ["h1.xml"]);
    let (good, _) = outcome(&package(&[("A/h1.xml", b"<a/>"), ("A/B/h2.xml", b"<a/>")]));
    assert_eq!(good, ["A/h1.xml", "A/B/h2.xml"], "at any depth");
    let (good, bad) =
        outcome(&package(&[("h1.xml", b"<a/>"), ("DATA/h2.xml", b"<a/>"), ("__MACOSX/DATA/._h2.xml", b"x")]));
    assert_eq!(good, ["DATA/h2.xml"]);
    assert_eq!(bad, [("h1.xml".to_owned(), EntryFault::OutsideData)], "nothing is left out in silence");
}

#[test]
fn the_bytes_arrive_whole_and_a_package_can_be_read_twice() {
    let bytes = package(&[("DATA/h1.xml", b"<first/>"), ("DATA/h2.xml", b"<second/>")]);
    let mut package = CheckupPackage::open(Cursor::new(bytes)).unwrap();
    for _ in 0..2 {
        let contents: Vec<_> = package.documents().map(|entry| entry.unwrap().bytes).collect();
        assert_eq!(contents, [b"<first/>".to_vec(), b"<second/>".to_vec()]);
    }
}

#[test]
fn names_that_point_outside_are_refused_and_the_rest_goes_on() {
    let hostile = [
        "../DATA/a.xml",
        "/DATA/b.xml",
        "DATA/../../c.xml",
        "C:/DATA/d.xml",
        "DATA\\..\\e.xml",
        "DATA/f\u{7}.xml",
    ];
    let mut files: Vec<(&str, &[u8])> = hostile.iter().map(|path| (*path, &b"<a/>"[..])).collect();
    files.push(("DATA/good.xml", b"<a/>"));
    let (good, bad) = outcome(&package(&files));
    assert_eq!(good, ["DATA/good.xml"]);
    assert_eq!(bad.len(), hostile.len(), "{bad:?}");
    assert!(bad.iter().all(|(_, fault)| *fault == EntryFault::UnsafeName), "{bad:?}");
}

#[test]
fn a_name_in_cp932_with_a_backslash_byte_is_not_taken_for_a_path() {
    let mut bytes = package(&[("DATA/XXXX.xml", b"<a/>")]);
    let (name, _, _) = SHIFT_JIS.encode("能ソ");
    let positions: Vec<usize> = memchr::memmem::find_iter(&bytes, b"XXXX").collect();
    for at in positions {
        bytes[at..at + 4].copy_from_slice(&name);
    }
    assert_eq!(outcome(&bytes).0, ["DATA/能ソ.xml"]);
}

#[test]
fn symbolic_links_are_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_symlink("DATA/link.xml", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let bytes = zip.finish().unwrap().into_inner();
    assert_eq!(outcome(&bytes).1, [("DATA/link.xml".to_owned(), EntryFault::SymbolicLink)]);
}

#[test]
fn encrypted_entries_are_refused() {
    let mut bytes = package(&[("DATA/a.xml", b"<a/>")]);
    let central = memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap();
    bytes[central + 8] |= 1;
    assert_eq!(outcome(&bytes).1, [("DATA/a.xml".to_owned(), EntryFault::Encrypted)]);
}

#[test]
fn archives_within_the_archive_are_refused_by_name_and_by_content() {
    let inner = package(&[("a.xml", b"<a/>")]);
    let (good, bad) = outcome(&package(&[
        ("DATA/a.zip", b"x"),
        ("DATA/b.xml", &inner),
        ("DATA/c.xml", b"\x1f\x8b\x08"),
        ("DATA/d.xml", b"<a/>"),
    ]));
    assert_eq!(good, ["DATA/d.xml"]);
    assert_eq!(
        bad.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>(),
        ["DATA/a.zip", "DATA/b.xml", "DATA/c.xml"]
    );
    assert!(bad.iter().all(|(_, fault)| *fault == EntryFault::NestedArchive));
}

#[test]
fn a_bomb_is_refused_by_its_size_or_by_its_ratio() {
    let five_megabytes = noise(5 * 1024 * 1024);
    let zeros = vec![b' '; 2 * 1024 * 1024];
    let regular = vec![b' '; 512 * 1024];
    let bytes = package(&[
        ("DATA/large.xml", &five_megabytes),
        ("DATA/bomb.xml", &zeros),
        ("DATA/regular.xml", &regular),
    ]);
    let (good, bad) = outcome(&bytes);
    assert_eq!(good, ["DATA/regular.xml"]);
    assert_eq!(bad[0].1, EntryFault::TooLarge(4 * 1024 * 1024));
    assert_eq!(bad[1].1, EntryFault::RatioTooHigh(200));
}

#[test]
fn a_bomb_that_lies_about_its_size_is_damaged() {
    let mut bytes = package(&[("DATA/bomb.xml", &vec![b' '; 3 * 1024 * 1024])]);
    let central = memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap();
    bytes[central + 24..central + 28].copy_from_slice(&100_u32.to_le_bytes());
    assert_eq!(outcome(&bytes).1, [("DATA/bomb.xml".to_owned(), EntryFault::Damaged)]);
}

#[test]
fn a_damaged_entry_does_not_stop_the_others() {
    let mut bytes = package(&[("DATA/a.xml", &noise(1000)), ("DATA/b.xml", b"<b/>")]);
    bytes[200] ^= 0xff;
    let (good, bad) = outcome(&bytes);
    assert_eq!(good, ["DATA/b.xml"]);
    assert_eq!(bad, [("DATA/a.xml".to_owned(), EntryFault::Damaged)]);
}

#[test]
fn the_sum_of_all_documents_has_a_limit_behind_which_nothing_is_read() {
    let bytes =
        package(&[("DATA/a.xml", &[b'x'; 600]), ("DATA/b.xml", &[b'x'; 600]), ("DATA/c.xml", &[b'x'; 1])]);
    let limits = PackageLimits { total_bytes: 1000, ..PackageLimits::default() };
    let items = read_with(&bytes, limits).unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(items[1].as_ref().err().unwrap().fault, EntryFault::TotalTooLarge(1000));
}

#[test]
fn a_directory_that_breaks_off_is_reported_once() {
    let mut bytes = package(&[("DATA/a.xml", b"<a/>"), ("DATA/b.xml", b"<b/>")]);
    let second = memchr::memmem::rfind(&bytes, b"PK\x01\x02").unwrap();
    bytes[second] = b'X';
    let (good, bad) = outcome(&bytes);
    assert_eq!(good, ["DATA/a.xml"]);
    assert_eq!(bad.iter().map(|(_, fault)| fault).collect::<Vec<_>>(), [&EntryFault::DirectoryDamaged]);
}

#[test]
fn what_is_no_package_is_said_to_be_none() {
    assert!(matches!(read_with(b"", PackageLimits::default()), Err(OpenError::Empty)));
    for bytes in [&b"PK"[..], b"<?xml version='1.0'?><a/>", &package(&[("DATA/a.xml", b"<a/>")])[..40]] {
        assert!(matches!(read_with(bytes, PackageLimits::default()), Err(OpenError::NotAZip)));
    }
    let bytes = package(&[("readme.txt", b"x"), ("XSD/hc08_V08.xsd", b"x")]);
    assert!(matches!(read_with(&bytes, PackageLimits::default()), Err(OpenError::NoDocuments)));
    let bytes = package(&[("DATA/a.xml", b"x"), ("DATA/b.xml", b"x")]);
    let limits = PackageLimits { entries: 1, ..PackageLimits::default() };
    assert!(matches!(read_with(&bytes, limits), Err(OpenError::TooManyEntries(1))));
}

proptest! {
    #[test]
    fn no_damage_makes_the_reader_panic(at in 0usize..400, new in any::<[u8; 4]>(), cut in 0usize..400) {
        let mut bytes = package(&[("x/DATA/a.xml", b"<a>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</a>"), ("b.xml", b"<b/>")]);
        let at = at.min(bytes.len() - 4);
        bytes[at..at + 4].copy_from_slice(&new);
        let _ = read_with(&bytes, PackageLimits::default());
        bytes.truncate(cut);
        let _ = read_with(&bytes, PackageLimits::default());
    }
}
