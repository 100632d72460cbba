//! Tests of the engine against a small office.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

mod clear;
mod contradiction;
mod later;
mod line;
mod office;
mod photos;
mod pokes;
mod position;
mod registration;
mod restored;
mod screens;
mod visit;
