//! The lab's cards at the portal's door, as the demo has them.

use crate::{
    CardRefusal, CardStatus, CrlFolder, RevocationReason, SignChallenge, StatusUnknown, TrustStore, present,
    testkit::{ASKED, DAY, NOW, status},
};
use std::sync::Arc;
use techo_cardlab::{CardLab, CardSpec, ChipChallenge as Asked, IssuedCard, RevokeReason};
use tempfile::TempDir;

struct Door {
    _folder: TempDir,
    lab: CardLab,
    trust: Arc<TrustStore>,
    lists: CrlFolder,
}

fn door() -> Door {
    let folder = TempDir::new().unwrap();
    let lab = CardLab::create(&folder.path().join("lab"), [9; 32], NOW).unwrap();
    let trust = Arc::new(TrustStore::load(&lab.ca_folder(), NOW).unwrap());
    let lists = CrlFolder::open(&lab.crl_folder(), Arc::clone(&trust), NOW).unwrap();
    Door { _folder: folder, lab, trust, lists }
}

impl Door {
    fn present(&self, card: &IssuedCard) -> Result<CardStatus, CardRefusal> {
        let asked = Asked { origin: ASKED.origin, nonce: ASKED.nonce };
        let token = self.lab.sign(&card.serial, card.pin.digits(), &asked).unwrap();
        let certificate = present(&token, &ASKED, &self.trust, NOW)?;
        assert_eq!(certificate.id.serial, card.serial.as_bytes());
        self.lists.reload(NOW);
        Ok(status(&self.lists, &certificate.id, NOW))
    }
}

#[test]
fn a_labs_card_passes_the_door_until_something_happens_to_it() {
    let door = door();
    assert!(door.trust.is_demo());
    let spec = CardSpec::new("見本 花子", "1234".parse().unwrap());
    let cards = door.lab.issue(&[spec.clone(), spec], NOW).unwrap();
    let (first, second) = (&cards[0], &cards[1]);
    let since = techo_model::UnixMillis(NOW.0 / 1000 * 1000);
    let revoked = |reason| Ok(CardStatus::Revoked { reason, at: since });
    assert_eq!(door.present(first), Ok(CardStatus::Good));

    door.lab.hold(&first.serial, NOW).unwrap();
    assert_eq!(door.present(first), Ok(CardStatus::OnHold { at: since }));
    assert_eq!(door.present(second), Ok(CardStatus::Good));
    door.lab.release(&first.serial, NOW).unwrap();
    assert_eq!(door.present(first), Ok(CardStatus::Good));

    let renewed = door.lab.renew(&first.serial, NOW).unwrap();
    assert_eq!(door.present(first), revoked(RevocationReason::Superseded));
    assert_eq!(door.present(&renewed), Ok(CardStatus::Good));

    door.lab.expire(&second.serial, NOW).unwrap();
    assert_eq!(door.present(second), Err(CardRefusal::Expired));
    door.lab.revoke(&renewed.serial, RevokeReason::KeyCompromise, NOW).unwrap();
    assert_eq!(door.present(&renewed), revoked(RevocationReason::KeyCompromise));
}

#[test]
fn a_labs_list_goes_stale_after_a_day_until_it_is_published_again() {
    let door = door();
    let card = door.lab.issue(&[CardSpec::new("", "1234".parse().unwrap())], NOW).unwrap().remove(0);
    let asked = Asked { origin: ASKED.origin, nonce: ASKED.nonce };
    let token = door.lab.sign(&card.serial, "1234", &asked).unwrap();
    let id = present(&token, &ASKED, &door.trust, NOW).unwrap().id;
    let later = NOW.plus(DAY * 2);
    assert_eq!(status(&door.lists, &id, later), CardStatus::Unknown(StatusUnknown::Stale));
    door.lab.publish_crl(later).unwrap();
    door.lists.reload(later);
    assert_eq!(status(&door.lists, &id, later), CardStatus::Good);
}

#[test]
fn a_labs_token_is_worth_nothing_at_another_door() {
    let (here, card) = {
        let door = door();
        let card = door.lab.issue(&[CardSpec::new("", "1234".parse().unwrap())], NOW).unwrap().remove(0);
        (door, card)
    };
    let asked = Asked { origin: "https://evil.example", nonce: ASKED.nonce };
    let token = here.lab.sign(&card.serial, "1234", &asked).unwrap();
    let refused = present(&token, &ASKED, &here.trust, NOW).err();
    assert_eq!(refused, Some(CardRefusal::ChallengeSignature));
    assert!(present(&token, &SignChallenge { origin: asked.origin, ..ASKED }, &here.trust, NOW).is_ok());
}
