pub mod keeper_link;
