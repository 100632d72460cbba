//! Photos and signatures: sealed, hashed, and a thumbnail without any metadata.

use super::{Draft, Extra};
use crate::check::BLOB_MAX_BYTES;
use crate::clock::Now;
use crate::closeout::document_hash;
use crate::device::store::{Role, Upload};
use crate::device::{ActError, Done, Engine, EngineError};
use crate::digest::sha256_hex;
use crate::fact::{Body, PhotoAdd, PhotoKind, SignatureAdd};
use crate::id::VisitId;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};
use std::io::Cursor;

/// Largest thumbnail, bytes: it goes over any connection, at once.
const THUMBNAIL_MAX_BYTES: usize = 30 * 1024;
/// Longest side of a thumbnail, pixels: sharp on a phone's list and on the board.
const THUMBNAIL_SIDE_PX: u32 = 480;
/// JPEG qualities to try until a thumbnail is small enough.
const QUALITIES: [u8; 4] = [75, 60, 45, 30];
/// Largest picture that is decoded, pixels a side: more than any phone's camera, less than a decompression bomb.
const SIDE_MAX_PX: u32 = 20_000;
/// Memory for decoding one picture, bytes.
const DECODE_MAX_BYTES: u64 = 512 * 1024 * 1024;

impl Engine {
    pub(super) fn add_photo(
        &mut self,
        visit: VisitId,
        bytes: &[u8],
        photo_kind: PhotoKind,
        caption: String,
        now: &Now,
    ) -> Result<Done, EngineError> {
        self.own(visit)?;
        let picture = Picture::read(bytes)?;
        let thumbnail = picture.thumbnail()?;
        let sha256 = sha256_hex(bytes);
        let thumbnail_sha256 = sha256_hex(&thumbnail);
        let body = Body::PhotoAdd(PhotoAdd {
            sha256: sha256.clone(),
            size_bytes: bytes.len() as u64,
            media_type: picture.media_type.to_owned(),
            photo_kind,
            thumbnail_sha256: thumbnail_sha256.clone(),
            thumbnail_size_bytes: thumbnail.len() as u64,
            caption,
        });
        let pictures = vec![
            (upload(visit, thumbnail_sha256, Role::Thumbnail, "image/jpeg", &thumbnail), thumbnail),
            (upload(visit, sha256.clone(), Role::Original, picture.media_type, bytes), bytes.to_vec()),
        ];
        let done = self.save(vec![Draft::new(visit, body)], Extra { pictures, ..Extra::default() }, now)?;
        Ok(Done { sha256: Some(sha256), ..done })
    }

    pub(super) fn sign(
        &mut self,
        visit: VisitId,
        signer: String,
        picture: &[u8],
        document_sha256: String,
        now: &Now,
    ) -> Result<Done, EngineError> {
        let (held, _) = self.own(visit)?;
        if document_hash(held.plan(), &held.progress) != document_sha256 {
            return Err(ActError::not_possible("why_not.document_changed").into());
        }
        let plan_rev = held.row.plan_rev;
        let media_type = Picture::read(picture)?.media_type;
        let sha256 = sha256_hex(picture);
        let size_bytes = picture.len() as u64;
        let body =
            Body::SignatureAdd(SignatureAdd { signer, sha256: sha256.clone(), size_bytes, document_sha256, plan_rev });
        let pictures = vec![(upload(visit, sha256.clone(), Role::Signature, media_type, picture), picture.to_vec())];
        let done = self.save(vec![Draft::new(visit, body)], Extra { pictures, ..Extra::default() }, now)?;
        Ok(Done { sha256: Some(sha256), ..done })
    }

    pub(super) fn send_photo_now(&mut self, sha256: &str) -> Result<Done, EngineError> {
        let index = self.uploads.iter().position(|upload| upload.sha256 == sha256).ok_or(ActError::NoSuchItem)?;
        let upload = Upload { send_now: true, ..self.uploads[index].clone() };
        self.store.transaction(|store| store.put_upload(&upload))?;
        self.changed_visit(upload.visit);
        self.uploads[index] = upload;
        self.link.upload_backoff.hurry();
        Ok(Done::default())
    }
}

fn upload(visit: VisitId, sha256: String, role: Role, media_type: &str, bytes: &[u8]) -> Upload {
    Upload {
        sha256,
        visit,
        role,
        media_type: media_type.to_owned(),
        size_bytes: bytes.len() as u64,
        part_bytes: 0,
        missing: None,
        send_now: false,
        verified_day: None,
    }
}

/// A decoded picture.
struct Picture {
    image: DynamicImage,
    media_type: &'static str,
}

impl Picture {
    fn read(bytes: &[u8]) -> Result<Self, ActError> {
        let size_bytes = bytes.len() as u64;
        if size_bytes > BLOB_MAX_BYTES {
            return Err(ActError::TooLarge { size_bytes, limit_bytes: BLOB_MAX_BYTES });
        }
        let unreadable = |_| ActError::wrong_value("picture");
        let mut reader =
            ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| ActError::wrong_value("picture"))?;
        let media_type = match reader.format() {
            Some(ImageFormat::Jpeg) => "image/jpeg",
            Some(ImageFormat::Png) => "image/png",
            _ => return Err(ActError::wrong_value("picture")),
        };
        let mut limits = image::Limits::default();
        limits.max_image_width = Some(SIDE_MAX_PX);
        limits.max_image_height = Some(SIDE_MAX_PX);
        limits.max_alloc = Some(DECODE_MAX_BYTES);
        reader.limits(limits);
        let mut decoder = reader.into_decoder().map_err(unreadable)?;
        let orientation = decoder.orientation().map_err(unreadable)?;
        let mut image = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
        // The thumbnail has no metadata that could still say how it must be turned.
        image.apply_orientation(orientation);
        Ok(Self { image, media_type })
    }

    /// A JPEG of at most 30 KB, made from the pixels alone: no position, no camera, no time.
    fn thumbnail(&self) -> Result<Vec<u8>, ActError> {
        let mut side_px = THUMBNAIL_SIDE_PX;
        loop {
            let small = self.image.thumbnail(side_px, side_px).to_rgb8();
            for quality in QUALITIES {
                let mut out = Vec::new();
                JpegEncoder::new_with_quality(&mut out, quality)
                    .encode_image(&small)
                    .map_err(|_| ActError::wrong_value("picture"))?;
                if out.len() <= THUMBNAIL_MAX_BYTES {
                    return Ok(out);
                }
            }
            side_px /= 2;
        }
    }
}
