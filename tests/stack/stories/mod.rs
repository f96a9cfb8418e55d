//! One file for each thing that a user does.

mod boot;
mod clients;
mod commands;
mod config;
mod container;
mod copy;
mod disk;
mod doctor;
mod environment;
mod errors;
mod exchange;
mod foreground;
mod half_dead;
mod hygiene;
mod idle;
mod inline;
mod jobs;
#[cfg(target_os = "linux")]
mod keeper_death;
mod keys;
mod logs;
mod names;
mod nested;
mod panes;
mod pasting;
mod picker;
mod picture;
mod places;
mod programs;
mod prompt;
mod reading;
mod restore;
mod script;
mod servers;
mod session;
mod ssh;
mod supervise;
mod survival;
mod survive;
mod triggers;
mod typing;
#[cfg(target_os = "linux")]
mod upgrade;
mod views;
mod windows;
