//! What can happen to a card after it was issued.

use crate::{
    CardLab, CardSerial, CardSpec, CardState, IssuedCard, LabError, MAX_TRIES, RevokeReason,
    lab::{BACKDATED, Cards},
};
use std::time::Duration;
use techo_model::UnixMillis;

impl CardLab {
    /// Suspends a card (一時停止), as its holder may by telephone when it is lost.
    ///
    /// # Errors
    /// No such card, or it is held or revoked already.
    pub fn hold(&self, serial: &CardSerial, now: UnixMillis) -> Result<IssuedCard, LabError> {
        self.turn(serial, now, |card| match card.state {
            CardState::Issued => Ok(CardState::Held { at: now }),
            _ => Err(LabError::WrongState(serial.clone(), "一時停止")),
        })
    }

    /// Lifts a suspension: the card was found.
    ///
    /// # Errors
    /// No such card, or it is not held.
    pub fn release(&self, serial: &CardSerial, now: UnixMillis) -> Result<IssuedCard, LabError> {
        self.turn(serial, now, |card| match card.state {
            CardState::Held { .. } => Ok(CardState::Issued),
            _ => Err(LabError::WrongState(serial.clone(), "一時停止の解除")),
        })
    }

    /// Revokes a card for good.
    ///
    /// # Errors
    /// No such card, or it is revoked or replaced already.
    pub fn revoke(
        &self,
        serial: &CardSerial,
        reason: RevokeReason,
        now: UnixMillis,
    ) -> Result<IssuedCard, LabError> {
        self.turn(serial, now, |card| match card.state {
            CardState::Issued | CardState::Held { .. } => Ok(CardState::Revoked { at: now, reason }),
            _ => Err(LabError::WrongState(serial.clone(), "失効")),
        })
    }

    /// Lets a card expire a second ago.
    ///
    /// No real CA can do that; it stands for five years of waiting. The card keeps serial number and key and gets its
    /// certificate once more with an earlier end. The revocation list says nothing of it, because it never does.
    ///
    /// # Errors
    /// No such card.
    pub fn expire(&self, serial: &CardSerial, now: UnixMillis) -> Result<IssuedCard, LabError> {
        self.turn(serial, now, |card| {
            card.not_after = now.minus(Duration::from_secs(1));
            card.not_before = card.not_before.min(card.not_after.minus(BACKDATED));
            Ok(card.state.clone())
        })
    }

    /// Gives the holder a new card with a new key, as J-LIS does on renewal: the former certificate is revoked as
    /// superseded, unless it was revoked before. The PIN stays; the validity is that of any new card.
    ///
    /// # Errors
    /// No such card, or it was replaced already.
    pub fn renew(&self, serial: &CardSerial, now: UnixMillis) -> Result<IssuedCard, LabError> {
        self.change(|file, cards| {
            let former = find(cards, serial)?;
            let card = self.new_card(file, &CardSpec::new(former.label.clone(), former.pin.clone()), now);
            match former.state {
                CardState::Superseded { .. } => return Err(LabError::WrongState(serial.clone(), "更新")),
                CardState::Revoked { .. } => {}
                CardState::Issued | CardState::Held { .. } => {
                    former.state = CardState::Superseded { at: now, by: card.serial.clone() };
                }
            }
            cards.insert(card.serial.clone(), card.clone());
            self.publish(file, cards, now)?;
            Ok(card)
        })
    }

    /// Gives a locked card its three tries back, as the municipality's counter does.
    ///
    /// # Errors
    /// No such card.
    pub fn unlock(&self, serial: &CardSerial) -> Result<IssuedCard, LabError> {
        self.change(|_, cards| {
            let card = find(cards, serial)?;
            card.tries_left = MAX_TRIES;
            Ok(card.clone())
        })
    }

    /// Changes the state of one card and tells the world.
    fn turn(
        &self,
        serial: &CardSerial,
        now: UnixMillis,
        next: impl FnOnce(&mut IssuedCard) -> Result<CardState, LabError>,
    ) -> Result<IssuedCard, LabError> {
        self.change(|file, cards| {
            let card = find(cards, serial)?;
            card.state = next(card)?;
            let turned = card.clone();
            self.publish(file, cards, now)?;
            Ok(turned)
        })
    }
}

/// The card with this serial number.
pub(crate) fn find<'a>(cards: &'a mut Cards, serial: &CardSerial) -> Result<&'a mut IssuedCard, LabError> {
    cards.get_mut(serial).ok_or_else(|| LabError::NoSuchCard(serial.clone()))
}
