-- What HackTheTrack Desktop needs on the server: a telemetry table, what is known about its
-- races, a row by which uploads take turns, and a stage for their files.
-- Every statement may be run again; what exists already stays as it is.

CREATE DATABASE IF NOT EXISTS {database};

CREATE SCHEMA IF NOT EXISTS {schema};

-- One row per logger sample. Every query asks for one race and one or two cars, so that is how
-- the rows lie together.
CREATE TABLE IF NOT EXISTS {table} (
    TRACK_ID VARCHAR NOT NULL,         -- barber, cota, roadamerica, sonoma, vir, ...
    RACE_NUM NUMBER(2, 0) NOT NULL,    -- 1 or 2
    VEHICLE_NUMBER NUMBER(5, 0),       -- printed number; 3 and 03 are the same here
    LAP NUMBER(10, 0),                 -- of the logger; 32768 while its counter did not work
    "TIMESTAMP" TIMESTAMP_NTZ(3),      -- clock of the logger
    LAPTRIGGER_LAPDIST_DLS FLOAT,      -- m since the line, of the logger
    SPEED FLOAT,                       -- km/h
    GEAR FLOAT,
    NMOT FLOAT,                        -- 1/min
    APS FLOAT,                         -- accelerator pedal, %
    ATH FLOAT,                         -- throttle blade, %
    PBRAKE_F FLOAT,                    -- bar
    PBRAKE_R FLOAT,                    -- bar
    ACCX_CAN FLOAT,                    -- g
    ACCY_CAN FLOAT,                    -- g
    STEERING_ANGLE FLOAT,              -- degrees
    VBOX_LAT_MIN FLOAT,                -- degrees
    VBOX_LONG_MINUTES FLOAT,           -- degrees
    FLAG_AT_FL VARCHAR                 -- GF, FCY or FF at the end of the official lap
)
CLUSTER BY (TRACK_ID, RACE_NUM, VEHICLE_NUMBER);

-- One row per race: official timing, whose logger is whose, clocks, and what the whole field
-- teaches about laying laps over one another; the same text that a telemetry pack carries.
CREATE TABLE IF NOT EXISTS {knowledge} (
    TRACK_ID VARCHAR NOT NULL,
    RACE_NUM NUMBER(2, 0) NOT NULL,
    CONTENTS VARCHAR NOT NULL,
    ROWS_TOTAL NUMBER(12, 0) NOT NULL,
    UPLOADED_AT TIMESTAMP_NTZ(6) NOT NULL,
    SCHEMA_VERSION NUMBER(5, 0) NOT NULL
);

-- Exactly one row. Whoever uploads changes it first, so that two uploads never mix.
CREATE TABLE IF NOT EXISTS {turn} (
    TAKEN_AT TIMESTAMP_NTZ(6),
    TRACK_ID VARCHAR,
    RACE_NUM NUMBER(2, 0)
);

INSERT INTO {turn} (TAKEN_AT)
SELECT NULL FROM (SELECT COUNT(*) AS ROWS_TOTAL FROM {turn}) WHERE ROWS_TOTAL = 0;

-- Files on their way into the tables; each is removed once it was loaded.
CREATE STAGE IF NOT EXISTS {stage};
