//! Packages that two readers would read differently. They are put together by hand: no program makes them by itself.

use super::*;
use flate2::Crc;

/// Entries one behind the other, not packed, and a directory of them; nothing behind it.
struct Raw {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    entries: u64,
}

impl Raw {
    fn of(names: impl IntoIterator<Item = String>) -> Self {
        let mut raw = Self { bytes: Vec::new(), directory: Vec::new(), entries: 0 };
        for name in names {
            let place = raw.bytes.len();
            raw.local(&name);
            raw.listed(&name, place);
        }
        raw
    }

    fn common(name: &str) -> Vec<u8> {
        let mut crc = Crc::new();
        crc.update(CONTENT);
        let mut bytes = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        bytes.extend(crc.sum().to_le_bytes());
        for _ in 0..2 {
            bytes.extend(u32::try_from(CONTENT.len()).unwrap().to_le_bytes());
        }
        bytes.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        bytes.extend([0, 0]);
        bytes
    }

    fn local(&mut self, name: &str) {
        self.bytes.extend(b"PK\x03\x04");
        self.bytes.extend(Self::common(name));
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(CONTENT);
    }

    fn listed(&mut self, name: &str, place: usize) {
        self.directory.extend(b"PK\x01\x02\x14\0");
        self.directory.extend(Self::common(name));
        self.directory.extend([0; 10]);
        self.directory.extend(u32::try_from(place).unwrap().to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.entries += 1;
    }

    fn end(&self, start: usize, entries: u64, comment: &[u8]) -> Vec<u8> {
        let [low, high, ..] = entries.to_le_bytes();
        let mut end = b"PK\x05\x06\0\0\0\0".to_vec();
        end.extend([low, high, low, high]);
        end.extend(u32::try_from(self.directory.len()).unwrap().to_le_bytes());
        end.extend(u32::try_from(start).unwrap().to_le_bytes());
        end.extend(u16::try_from(comment.len()).unwrap().to_le_bytes());
        end.extend(comment);
        end
    }

    /// The whole package; the end record states so many entries, as far as its sixteen bits go.
    fn stating(&self, entries: u64) -> Vec<u8> {
        let end = self.end(self.bytes.len(), entries, b"");
        [self.bytes.as_slice(), &self.directory, &end].concat()
    }

    fn whole(&self) -> Vec<u8> {
        self.stating(self.entries)
    }
}

const CONTENT: &[u8] = b"<a/>";

fn names(count: u32) -> impl Iterator<Item = String> {
    (0..count).map(|n| format!("DATA/h{n}.xml"))
}

fn refusal(bytes: &[u8]) -> OpenError {
    match read_with(bytes, PackageLimits::default()) {
        Ok(_) => panic!("this must be refused"),
        Err(error) => error,
    }
}

#[test]
fn all_documents_are_read_where_the_end_record_counts_modulo_65536() {
    let raw = Raw::of(names(65_540));
    let (good, bad) = outcome(&raw.whole());
    assert_eq!((good.len(), bad.len()), (65_540, 0));
}

#[test]
fn a_directory_with_another_number_of_entries_than_stated_is_refused() {
    let raw = Raw::of(names(3));
    assert_eq!(outcome(&raw.whole()).0.len(), 3);
    for stated in [0, 1, 2, 4, 65_535] {
        assert!(matches!(refusal(&raw.stating(stated)), OpenError::CountDisagrees), "{stated}");
    }
}

#[test]
fn a_large_package_of_zip64_is_read_and_one_whose_two_end_records_disagree_is_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for n in 0..70_000 {
        zip.start_file(format!("DATA/h{n}.xml"), SimpleFileOptions::default().large_file(n == 0)).unwrap();
    }
    let mut bytes = zip.finish().unwrap().into_inner();
    let package = CheckupPackage::open(Cursor::new(&bytes)).map(|mut package| package.documents().count());
    assert_eq!(package.unwrap(), 70_000);
    let end = bytes.len() - 22;
    bytes[end + 8..end + 12].copy_from_slice(&[7, 0, 7, 0]);
    assert!(matches!(refusal(&bytes), OpenError::TwoDirectories));
}

#[test]
fn two_end_records_are_refused() {
    let raw = Raw::of(names(2));
    let inner = raw.end(raw.bytes.len(), 2, b"");
    let outer = raw.end(raw.bytes.len(), 2, &inner);
    let bytes = [raw.bytes.as_slice(), &raw.directory, &outer].concat();
    assert!(matches!(refusal(&bytes), OpenError::TwoDirectories));
    let comment = raw.end(raw.bytes.len(), 2, b"a comment is fine");
    assert_eq!(outcome(&[raw.bytes.as_slice(), &raw.directory, &comment].concat()).0.len(), 2);
}

#[test]
fn two_packages_in_one_file_are_refused_however_they_are_joined() {
    let (one, two) = (Raw::of(names(2)), Raw::of(names(3)));
    let joined = [one.whole(), two.whole()].concat();
    assert!(matches!(refusal(&joined), OpenError::ExtraBytes));
    // The second one's places count from the start of the whole file.
    let mut moved = Raw { bytes: one.whole(), directory: Vec::new(), entries: 0 };
    let place = moved.bytes.len();
    moved.local("DATA/h9.xml");
    moved.listed("DATA/h9.xml", place);
    assert!(matches!(refusal(&moved.whole()), OpenError::ExtraBytes));
}

#[test]
fn bytes_between_directory_and_end_record_are_refused() {
    let raw = Raw::of(names(2));
    let bytes = [raw.bytes.as_slice(), &raw.directory, b"more", &raw.end(raw.bytes.len(), 2, b"")].concat();
    assert!(matches!(refusal(&bytes), OpenError::ExtraBytes));
    let mut cut = raw.whole();
    cut.truncate(cut.len() - 1);
    assert!(matches!(refusal(&cut), OpenError::NotAZip));
}

#[test]
fn entries_that_share_bytes_are_refused() {
    let mut raw = Raw::of(names(2));
    raw.listed("DATA/h0.xml", 0);
    assert!(matches!(refusal(&raw.whole()), OpenError::Overlapping));
    let mut raw = Raw::of(names(1));
    let behind = raw.bytes.len() - 2;
    raw.listed("DATA/h1.xml", behind);
    assert!(matches!(refusal(&raw.whole()), OpenError::Overlapping));
}

#[test]
fn a_name_that_stands_twice_is_refused_each_time_and_the_rest_goes_on() {
    let all = ["DATA/a.xml", "DATA/b.xml", "data/A.xml", "DATA\\a.xml"].map(str::to_owned);
    let (good, bad) = outcome(&Raw::of(all).whole());
    assert_eq!(good, ["DATA/b.xml"]);
    assert_eq!(bad.len(), 3);
    assert!(bad.iter().all(|(_, fault)| *fault == EntryFault::NameTwice), "{bad:?}");
}

#[test]
fn an_entry_that_has_another_name_in_its_own_header_is_damaged() {
    let mut bytes = Raw::of(names(2)).whole();
    bytes[30 + "DATA/".len()] = b'x';
    assert_eq!(outcome(&bytes).1, [("DATA/h0.xml".to_owned(), EntryFault::Damaged)]);
}

#[test]
fn every_kind_of_encryption_and_every_name_that_turns_a_line_is_refused() {
    for flag in [0x01, 0x40] {
        let mut bytes = Raw::of(names(1)).whole();
        let listed = memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap();
        bytes[listed + 8] |= flag;
        assert_eq!(outcome(&bytes).1[0].1, EntryFault::Encrypted);
    }
    let (_, bad) = outcome(&Raw::of(["DATA/a\u{202e}lmx.xml".to_owned()]).whole());
    assert_eq!(bad, [("DATA/almx.xml".to_owned(), EntryFault::UnsafeName)]);
}
