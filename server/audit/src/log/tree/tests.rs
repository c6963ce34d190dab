use super::{note::NoteError, path::*, proof::LineProof, *};
use crate::log::{canonical, entry, leaf};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use proptest::prelude::*;
use serde_json::Value;
use std::ops::Range;

/// The published vectors of the reference data; none when they are not there.
fn vectors() -> Option<Value> {
    let Some(folder) = std::env::var_os("TECHO_TEST_DATA") else {
        eprintln!("skipped: TECHO_TEST_DATA is not set");
        return None;
    };
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join(folder).join("access_log_vectors.json")).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

fn hash(value: &Value) -> TreeHash {
    BASE64_STANDARD.decode(value.as_str().unwrap()).unwrap().try_into().unwrap()
}

fn hashes(value: &Value) -> Vec<TreeHash> {
    value.as_array().unwrap().iter().map(hash).collect()
}

/// The root over some leaves, straight from its definition.
fn defined(leaves: &[TreeHash]) -> TreeHash {
    match leaves {
        [] => empty_root(),
        [one] => *one,
        more => {
            let (left, right) = more.split_at(1 << (more.len() - 1).ilog2());
            node(&defined(left), &defined(right))
        }
    }
}

fn leaves(count: u64) -> Vec<TreeHash> {
    (0..count).map(|n| leaf(&entry(&[7; 16], &n.to_string()))).collect()
}

fn over(leaves: &[TreeHash], range: Range<u64>) -> TreeHash {
    defined(&leaves[range.start as usize..range.end as usize])
}

/// Ranges whose hashes prove that a tree of `size` grew out of one of `old`.
fn consistency(old: u64, size: u64) -> Vec<Range<u64>> {
    let mut path = Vec::new();
    let (mut low, mut high, mut is_whole) = (0, size, true);
    while old != high {
        let middle = low + split(high - low);
        if old <= middle {
            path.push(middle..high);
            high = middle;
        } else {
            path.push(low..middle);
            (low, is_whole) = (middle, false);
        }
    }
    if !is_whole {
        path.push(low..high);
    }
    path.reverse();
    path
}

#[test]
fn roots_and_proofs_agree_with_the_published_vectors() {
    let Some(vectors) = vectors() else { return };
    let leaves: Vec<_> =
        vectors["entries"].as_array().unwrap().iter().map(|one| hash(&one["leaf"])).collect();
    let mut tree = LogTree::default();
    for size in 0..=leaves.len() {
        assert_eq!(tree.root(), hash(&vectors["roots"][size.to_string()]), "{size}");
        if let Some(leaf) = leaves.get(size) {
            tree.push(*leaf, &mut |_| ());
        }
    }
    let prove = |ranges: Vec<_>| ranges.into_iter().map(|range| over(&leaves, range)).collect::<Vec<_>>();
    let path = prove(inclusion(4, 13));
    assert_eq!(path, hashes(&vectors["incl_4_13"]));
    assert_eq!(root_from(leaves[4], 4, 13, &path), Some(tree.root()));
    assert_eq!(prove(consistency(5, 13)), hashes(&vectors["cons_5_13"]));
}

#[test]
fn the_published_checkpoint_and_proof_are_read_and_verified() {
    let Some(vectors) = vectors() else { return };
    let origin = vectors["origin"].as_str().unwrap();
    let key = VerifierKey::new(origin, &hash(&vectors["pubkey"])).unwrap();
    let note = vectors["checkpoint"].as_str().unwrap();
    let checkpoint = LogCheckpoint::open(note, std::slice::from_ref(&key)).unwrap();
    assert_eq!((checkpoint.size, checkpoint.root), (13, hash(&vectors["roots"]["13"])));
    let body = canonical(&vectors["entries"][4]["event"]);
    let text = |body: &str| {
        format!("techo-access-log-line/v1\nbody {body}\n\n{}", vectors["tlog_proof"].as_str().unwrap())
    };
    let proof = LineProof::read(&text(&body)).unwrap();
    assert_eq!(proof.check(&key).unwrap(), checkpoint);
    assert_eq!(proof.to_text(), text(&body), "what was read is written again, byte for byte");
    assert!(LineProof::read(&text(&body.replace("read", "edit"))).unwrap().check(&key).is_err());
}

#[test]
fn a_note_is_believed_only_with_a_signature_of_a_key_that_is_known() {
    let signer = CheckpointSigner::new("log.example/access-log", &[3; 32]);
    let (note, known) = (signer.sign(9, [1; 32]), signer.verifier().clone());
    let open = |note: &str, key: &VerifierKey| LogCheckpoint::open(note, std::slice::from_ref(key));
    assert_eq!(open(&note, &known).unwrap().size, 9);
    assert_eq!(open(&note.replace("\n9\n", "\n8\n"), &known), Err(NoteError::Signature));
    let stranger = CheckpointSigner::new("log.example/access-log", &[4; 32]);
    assert_eq!(open(&note, stranger.verifier()), Err(NoteError::Signature));
    let renamed = CheckpointSigner::new("other.example/access-log", &[3; 32]);
    assert_eq!(open(&note, renamed.verifier()), Err(NoteError::Signature));
    let with_witness = format!("{note}— witness.example AAAAAAAA\n");
    assert_eq!(open(&with_witness, &known).unwrap().size, 9, "signatures of others do no harm");
    assert_eq!(known.to_string().parse(), Ok(known.clone()));
    assert!(known.to_string().replace('+', "-").parse::<VerifierKey>().is_err());
}

#[test]
fn a_tree_that_was_put_away_at_any_size_goes_on_as_if_it_had_not() {
    let leaves = leaves(70_000);
    let mut whole = LogTree::default();
    let mut tiles = 0;
    for (n, leaf) in leaves.iter().enumerate() {
        if [0, 1, 255, 256, 257, 511, 65_535, 65_536, 65_537].contains(&n) {
            let mut edge = vec![Vec::new(); grow::levels(n as u64)];
            for tile in whole.unfinished() {
                edge[tile.level] = tile.hashes;
            }
            let again = LogTree::restore(n as u64, edge.clone()).unwrap();
            assert_eq!(again.root(), whole.root(), "{n}");
            assert_eq!(again.root(), defined(&leaves[..n]), "{n}");
            assert!(LogTree::restore(n as u64 + 1, edge).is_none());
            whole = again;
        }
        whole.push(*leaf, &mut |tile| {
            assert_eq!(tile.hashes.len(), 256);
            tiles += 1;
        });
    }
    assert_eq!(tiles, 70_000 / 256 + 1);
    assert_eq!(whole.root(), defined(&leaves));
}

proptest! {
    #[test]
    fn every_leaf_of_every_tree_has_a_path_to_its_root_and_to_no_other(size in 1_u64..400, pick in 0_u64..400) {
        let (all, index) = (leaves(size), pick % size);
        let path: Vec<_> = inclusion(index, size).into_iter().map(|range| over(&all, range)).collect();
        let root = |leaf, index, path| root_from(leaf, index, size, path);
        prop_assert_eq!(root(all[index as usize], index, &path), Some(defined(&all)));
        if size > 1 {
            let other = (index + 1) % size;
            prop_assert_ne!(root(all[other as usize], index, &path), Some(defined(&all)));
            prop_assert_eq!(root(all[index as usize], index, &path[1..]), None);
        }
        for range in inclusion(index, size) {
            let parts = subtrees(range.clone()).into_iter().map(|(height, at)| over(&all, at << height..(at + 1) << height));
            let joined = parts.collect::<Vec<_>>().into_iter().rev().reduce(|right, left| node(&left, &right));
            prop_assert_eq!(joined, Some(over(&all, range)));
        }
    }

    #[test]
    fn any_text_is_read_as_a_proof_or_refused_without_a_panic(text in "(techo-access-log-line/v1\n)?[ -~\n]{0,300}") {
        let _ = LineProof::read(&text);
        let _ = LogCheckpoint::read(&text);
        let _ = text.parse::<VerifierKey>();
    }
}
