//! The lane: whatever a server sends can be read back from a batch, and whatever a host sends is
//! refused or arrives as it was.
#![no_main]

use std::borrow::Cow;

use aldis::lane::{Batch, LATIN_1, NO_ID, read};
use aldis_protocol::{Message, Outgoing, OutgoingError};
use serde_json::value::RawValue;

/// Event, id and data of a message.
type Parts<'a> = (&'a str, Option<&'a str>, Cow<'a, str>);

/// The host's end of the lane, after the layout that the library documents.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (bytes, rest) = self.rest.split_at(count);
        self.rest = rest;
        bytes
    }

    fn number(&mut self) -> u32 {
        u32::from_le_bytes(self.bytes(4).try_into().unwrap())
    }

    fn text(&mut self, length: u32) -> &'a str {
        std::str::from_utf8(self.bytes(length as usize)).unwrap()
    }

    fn data(&mut self, length: u32) -> Cow<'a, str> {
        if length & LATIN_1 == 0 {
            return self.text(length).into();
        }
        let latin_1 = self.bytes((length & !LATIN_1) as usize);
        latin_1.iter().copied().map(char::from).collect::<String>().into()
    }
}

impl<'a> Iterator for Reader<'a> {
    type Item = Parts<'a>;

    fn next(&mut self) -> Option<Parts<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let [event, id, data] = [self.number(), self.number(), self.number()];
        let event = self.text(event);
        let id = (id != NO_ID).then(|| self.text(id));
        Some((event, id, self.data(data)))
    }
}

/// Texts of messages, one a line, as they come from a server.
fn upwards(data: &[u8]) {
    let texts = data.split(|byte| *byte == b'\n').map(String::from_utf8_lossy);
    let messages: Vec<_> =
        texts.filter_map(|text| Message::parse(text.into_owned()).ok()).collect();
    for mut batch in [Batch::default(), Batch::utf_8()] {
        for message in &messages {
            batch.push(message);
        }
        let sent =
            messages.iter().map(|message| (message.event(), message.id(), message.data().into()));
        assert!(Reader { rest: batch.as_bytes() }.eq(sent), "read back are other messages");
    }
}

/// The name of an event and a payload as a host gives them, with a zero byte in between.
fn downwards(data: &[u8]) {
    let zero = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
    let (event, payload) = (&data[..zero], data.get(zero + 1..).unwrap_or_default());
    let json = std::str::from_utf8(payload)
        .is_ok_and(|text| serde_json::from_str::<&RawValue>(text).is_ok());
    let taken = read(event, payload);
    assert_eq!(taken.is_some(), json && std::str::from_utf8(event).is_ok());

    let Some((event, payload)) = taken else { return };
    let outgoing = match Outgoing::new(event, payload, None) {
        Ok(outgoing) => outgoing,
        Err(OutgoingError::EmptyEvent | OutgoingError::ReservedEvent { .. }) => return,
        Err(error) => panic!("taken, and not to be sent: {error}"),
    };
    let text = String::from_utf8(outgoing.into_plaintext()).unwrap();
    let arrived = Message::parse(text).unwrap();
    assert_eq!((arrived.event(), arrived.id(), arrived.data()), (event, None, payload.get()));
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    upwards(data);
    downwards(data);
});
