//! What a technician's camera sees: an appliance in a room, drawn. Every picture is different.

use anyhow::Result;
use image::{ImageFormat, Rgb, RgbImage};
use rand::Rng;
use std::io::Cursor;

const WIDTH: u32 = 800;
const HEIGHT: u32 = 600;

/// A rectangle in a colour.
fn fill(picture: &mut RgbImage, x: u32, y: u32, width: u32, height: u32, colour: [u8; 3]) {
    for row in y..(y + height).min(HEIGHT) {
        for column in x..(x + width).min(WIDTH) {
            picture.put_pixel(column, row, Rgb(colour));
        }
    }
}

/// A disc in a colour.
fn disc(picture: &mut RgbImage, x: u32, y: u32, radius: u32, colour: [u8; 3]) {
    for row in y.saturating_sub(radius)..(y + radius).min(HEIGHT) {
        for column in x.saturating_sub(radius)..(x + radius).min(WIDTH) {
            if column.abs_diff(x).pow(2) + row.abs_diff(y).pow(2) <= radius.pow(2) {
                picture.put_pixel(column, row, Rgb(colour));
            }
        }
    }
}

/// A photo as JPEG. After the work the lamp is green and the floor is dry.
///
/// # Errors
/// When it can't be encoded.
pub fn photo(dice: &mut impl Rng, is_after: bool) -> Result<Vec<u8>> {
    let wall = dice.random_range(150..200_u8);
    let mut picture = RgbImage::from_fn(WIDTH, HEIGHT, |_, row| {
        let shade = wall.saturating_sub(u8::try_from(row / 12).unwrap_or(u8::MAX));
        Rgb([shade, shade.saturating_sub(8), shade.saturating_sub(22)])
    });
    fill(&mut picture, 0, 470, WIDTH, 130, [92, 84, 78]);
    let left = dice.random_range(200..320);
    let body = dice.random_range(120..190_u8);
    fill(&mut picture, left + 12, 112, 260, 380, [60, 58, 56]);
    fill(&mut picture, left, 100, 260, 380, [body, body, body.saturating_add(10)]);
    fill(&mut picture, left + 30, 300, 200, 140, [body - 30, body - 30, body - 24]);
    for slot in 0..7 {
        fill(&mut picture, left + 45, 315 + slot * 16, 170, 6, [50, 50, 54]);
    }
    // Copper to the wall, a gauge with its needle, a nameplate, a lamp.
    let copper = [184, 115, dice.random_range(40..70)];
    fill(&mut picture, 0, 170, left, 14, copper);
    fill(&mut picture, left + 260, 220, WIDTH, 14, copper);
    disc(&mut picture, left + 80, 190, 46, [235, 235, 230]);
    let needle = dice.random_range(0..60);
    fill(&mut picture, left + 78, 150 + needle / 3, 4, 42, [190, 30, 30]);
    fill(&mut picture, left + 150, 150, 90, 56, [214, 210, 196]);
    for line in 0..4 {
        fill(&mut picture, left + 158, 160 + line * 11, dice.random_range(30..74), 4, [70, 66, 60]);
    }
    disc(&mut picture, left + 195, 250, 12, if is_after { [60, 190, 90] } else { [214, 60, 48] });
    if !is_after {
        disc(&mut picture, left + dice.random_range(20..240), 540, dice.random_range(30..60), [70, 92, 112]);
    }
    jpeg(&picture)
}

/// A signature as PNG: a line that swings.
///
/// # Errors
/// When it can't be encoded.
pub fn signature(dice: &mut impl Rng) -> Result<Vec<u8>> {
    let mut picture = RgbImage::from_pixel(480, 160, Rgb([255, 255, 255]));
    let (swing, pitch) = (dice.random_range(18.0..46.0_f64), dice.random_range(14.0..30.0_f64));
    for column in 30..450_u32 {
        let phase = f64::from(column);
        let height = 80.0 + swing * (phase / pitch).sin() * (phase / 97.0).cos();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the picture")]
        let row = height as u32;
        for thick in 0..4 {
            picture.put_pixel(column, (row + thick).min(159), Rgb([20, 30, 90]));
        }
    }
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

fn jpeg(picture: &RgbImage) -> Result<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg)?;
    Ok(bytes.into_inner())
}
