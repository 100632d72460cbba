//! Photos: sealed, thumbnailed, sent in parts, let go when the office has them.

use super::office::{Office, Phone};
use crate::device::{ActError, Effect, Input, Intent, Media, Network};
use crate::digest::sha256_hex;
use crate::fact::{Body, PhotoKind};
use crate::id::VisitId;
use image::{ImageFormat, Rgb, RgbImage};
use std::io::Cursor;
use std::path::Path;

/// A picture that compresses badly, of about `side`² pixels.
fn picture(side: u32) -> Vec<u8> {
    let image = RgbImage::from_fn(side, side, |x, y| {
        let noise = x.wrapping_mul(2_654_435_761).wrapping_add(y.wrapping_mul(40_503)).rotate_left(x % 31);
        Rgb([(noise >> 24) as u8, (noise >> 16) as u8, (noise >> 8) as u8])
    });
    let mut out = Cursor::new(Vec::new());
    image.write_to(&mut out, ImageFormat::Png).unwrap();
    out.into_inner()
}

pub(super) fn add_photo(visit: VisitId, side: u32) -> Intent {
    Intent::AddPhoto { visit, bytes: picture(side), photo_kind: PhotoKind::After, caption: "the burner".into() }
}

fn photo_of(office: &Office, visit: VisitId) -> crate::fact::PhotoAdd {
    let progress = &office.visits[&visit].progress;
    let found = progress.bodies().find_map(|(_, _, body)| match body {
        Body::PhotoAdd(photo) => Some(photo),
        _ => None,
    });
    found.unwrap()
}

#[test]
fn a_photo_arrives_whole_thumbnail_first_and_the_original_leaves_after_a_week() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.offline();
    let bytes = picture(400);
    let done = phone.act(add_photo(visit, 400)).unwrap();
    let sha256 = done.sha256.unwrap();
    assert_eq!(sha256, sha256_hex(&bytes));
    let view = &phone.engine().visit_view(visit, &phone.now).unwrap().photos[0];
    assert_eq!((view.upload.as_str(), view.sent_bytes), ("waiting_wifi", 0));
    phone.online(&mut office);
    let photo = photo_of(&office, visit);
    assert!(photo.thumbnail_size_bytes <= 30 * 1024);
    let whole = |sha256: &str| office.blobs[sha256].1.values().flatten().copied().collect::<Vec<u8>>();
    assert_eq!(whole(&sha256), bytes);
    assert_eq!(sha256_hex(&whole(&photo.thumbnail_sha256)), photo.thumbnail_sha256);
    let thumbnail = phone.engine().picture(&photo.thumbnail_sha256).unwrap().unwrap();
    assert!(image::load_from_memory(&thumbnail).unwrap().width() <= 480);
    assert_eq!(phone.engine().visit_view(visit, &phone.now).unwrap().photos[0].upload, "verified");
    phone.pass(8 * 86_400_000);
    phone.input(Input::Poke).unwrap();
    phone.settle(&mut office);
    assert!(phone.engine().picture(&sha256).unwrap().is_none(), "seven days after it was verified");
    assert!(phone.engine().picture(&photo.thumbnail_sha256).unwrap().is_some());
}

/// A camera's JPEG with a note of where it was taken.
fn picture_with_exif() -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    image::load_from_memory(&picture(300)).unwrap().write_to(&mut out, ImageFormat::Jpeg).unwrap();
    let mut bytes = out.into_inner();
    let note = b"Exif\0\0II*\0\x08\0\0\0GPS 38.2857 N 85.5023 W";
    let length = u16::try_from(note.len() + 2).unwrap().to_be_bytes();
    // APP1 right behind the start of the image.
    let segment = [&[0xff, 0xe1], &length[..], note].concat();
    bytes.splice(2..2, segment);
    bytes
}

#[test]
fn a_thumbnail_says_nothing_of_where_a_photo_was_taken() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    let bytes = picture_with_exif();
    let says_where = |bytes: &[u8]| bytes.windows(4).any(|window| window == b"Exif" || window == b"GPS ");
    assert!(says_where(&bytes));
    let photo = Intent::AddPhoto { visit, bytes, photo_kind: PhotoKind::After, caption: String::new() };
    phone.act(photo).unwrap();
    phone.online(&mut office);
    let thumbnail = phone.engine().picture(&photo_of(&office, visit).thumbnail_sha256).unwrap().unwrap();
    assert!(image::load_from_memory(&thumbnail).is_ok() && !says_where(&thumbnail));
}

#[test]
fn originals_wait_for_wifi_and_one_can_go_at_once() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.input(Input::Network(Network::Mobile)).unwrap();
    let first = phone.act(add_photo(visit, 300)).unwrap().sha256.unwrap();
    let second = phone.act(add_photo(visit, 310)).unwrap().sha256.unwrap();
    phone.settle(&mut office);
    assert_eq!(office.blobs.len(), 2, "the thumbnails");
    let view = phone.engine().visit_view(visit, &phone.now).unwrap();
    assert!(view.photos.iter().all(|photo| photo.upload == "waiting_wifi" && photo.can_send_now));
    assert_eq!(phone.engine().sync_view(&phone.now).waiting_for_wifi, 2);
    phone.act(Intent::SendPhotoNow { sha256: second.clone() }).unwrap();
    phone.settle(&mut office);
    assert!(office.blobs.contains_key(&second) && !office.blobs.contains_key(&first));
    phone.act(Intent::SetWifiOnly { on: false }).unwrap();
    phone.settle(&mut office);
    assert!(office.blobs.contains_key(&first));
}

/// A phone without a signal that keeps its pictures in a folder, with a visit.
fn offline_with_files(folder: &Path) -> (Office, VisitId, Phone) {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let media = Media::Folder(folder.join("media"));
    let mut phone = Phone::with(media, rusqlite::Connection::open_in_memory().unwrap());
    phone.enrol(&mut office);
    phone.offline();
    (office, visit, phone)
}

#[test]
fn all_missing_parts_are_handed_over_at_once_and_arrived_ones_never_go_again() {
    let folder = tempfile::tempdir().unwrap();
    let (mut office, visit, mut phone) = offline_with_files(folder.path());
    let bytes = picture(500);
    let sha256 = phone.act(add_photo(visit, 500)).unwrap().sha256.unwrap();
    let sealed = std::fs::read(folder.path().join(format!("media/{sha256}.sealed"))).unwrap();
    assert!(!sealed.windows(16).any(|window| window == &bytes[..16]), "no picture in clear");
    let parts_of = |phone: &mut Phone, office: &mut Office| {
        phone.input(Input::Network(Network::Wifi)).unwrap();
        for _ in 0..60 {
            let found = phone
                .waiting
                .iter()
                .position(|effect| matches!(effect, Effect::UploadParts { sha256: of, .. } if *of == sha256));
            if let Some(index) = found {
                let Effect::UploadParts { parts, .. } = phone.waiting.remove(index) else { unreachable!() };
                return parts;
            }
            if phone.waiting.is_empty() {
                phone.pass(1_000);
                phone.input(Input::Tick).unwrap();
            }
            phone.step(office);
        }
        panic!("no parts");
    };
    let parts = parts_of(&mut phone, &mut office);
    let count = parts.len();
    assert_eq!(count, bytes.len().div_ceil(64 * 1024));
    assert!(count > 4, "{count}");
    // Three arrive, the link is cut, the app dies.
    for part in &parts[..3] {
        let staged = std::fs::read(part.file.as_ref().unwrap()).unwrap();
        let reply = Some(office.put_part(&sha256, part.number, staged));
        phone.input(Input::PartSent { sha256: sha256.clone(), part: part.number, reply }).unwrap();
        assert!(!part.file.as_ref().unwrap().exists(), "an acknowledged part goes");
    }
    let portal = Some(super::office::status(200));
    phone.input(Input::PartSent { sha256: sha256.clone(), part: parts[3].number, reply: portal }).unwrap();
    assert!(parts[3].file.as_ref().unwrap().exists(), "a portal's 200 acknowledges nothing");
    phone.kill();
    // A dead battery left a part's file as long as it should be, with something else in it.
    let torn = parts[4].file.as_ref().unwrap();
    std::fs::write(torn, vec![0; std::fs::read(torn).unwrap().len()]).unwrap();
    let rest = parts_of(&mut phone, &mut office);
    assert_eq!(rest.len(), count - 3);
    // The system's uploader tells the next life about a part that it sent while the app was dead.
    for part in &rest {
        let staged = std::fs::read(part.file.as_ref().unwrap()).unwrap();
        let reply = Some(office.put_part(&sha256, part.number, staged));
        phone.input(Input::PartSent { sha256: sha256.clone(), part: part.number, reply }).unwrap();
    }
    phone.settle(&mut office);
    assert_eq!(phone.engine().pictures_waiting(), 0);
    assert_eq!(std::fs::read_dir(folder.path().join("media/parts")).unwrap().count(), 0);
    assert_eq!(office.blobs[&sha256].1.values().flatten().copied().collect::<Vec<u8>>(), bytes);
}

#[test]
fn a_picture_whose_file_is_gone_holds_up_no_other_and_nobody_is_asked_about_it_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let (mut office, visit, mut phone) = offline_with_files(folder.path());
    let lost = phone.act(add_photo(visit, 200)).unwrap().sha256.unwrap();
    let kept = phone.act(add_photo(visit, 300)).unwrap().sha256.unwrap();
    std::fs::remove_file(folder.path().join(format!("media/{lost}.sealed"))).unwrap();
    phone.input(Input::Network(Network::Wifi)).unwrap();
    phone.settle(&mut office);
    assert!(office.blobs.contains_key(&kept), "the other arrives");
    let about = |request: &&crate::device::Request| {
        request.path == "/v1/blobs" && String::from_utf8_lossy(&request.body).contains(&lost)
    };
    assert_eq!(phone.requests.iter().filter(about).count(), 1);
    assert_eq!(phone.engine().pictures_waiting(), 1, "and this one is still said to be missing");
    assert_eq!(phone.engine().sync_view(&phone.now).last_error, "a picture is gone from this phone");
}

#[test]
fn what_is_no_picture_is_refused_and_leaves_nothing() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.offline();
    for bytes in [b"".to_vec(), b"no picture".to_vec(), picture(50)[..40].to_vec()] {
        let refused =
            phone.act(Intent::AddPhoto { visit, bytes, photo_kind: PhotoKind::Before, caption: String::new() });
        assert_eq!(refused, Err(ActError::wrong_value("picture")));
    }
    assert!(phone.states().is_empty());
}

#[test]
fn a_signature_binds_what_was_shown() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.offline();
    let shown = phone.engine().closeout_view(visit, &phone.now).unwrap();
    assert!(shown.document.iter().any(|line| line.contains("$289.00")), "{:?}", shown.document);
    let sign = |document_sha256: &str| Intent::Sign {
        visit,
        signer: "Esther Bramwell".into(),
        picture: picture(60),
        document_sha256: document_sha256.to_owned(),
    };
    phone.act(sign(&shown.document_sha256)).unwrap();
    assert!(!phone.engine().visit_view(visit, &phone.now).unwrap().signature.unwrap().stale);
    let part =
        Intent::UsePart { visit, name: "igniter".into(), quantity: 1.0, stock: "truck".into(), serial: String::new() };
    phone.act(part).unwrap();
    let signature = phone.engine().visit_view(visit, &phone.now).unwrap().signature.unwrap();
    assert!(signature.stale && !signature.note.is_empty());
    let refused = phone.act(sign(&shown.document_sha256));
    assert_eq!(refused, Err(ActError::not_possible("why_not.document_changed")));
}
