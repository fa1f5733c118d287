"""Which road is left when one is closed."""

OTHER_ROADS = (
    "The same folder trains on your own machine (dataprep train t5 FOLDER, after "
    "convert --to t5), or at a provider that is still open: dataprep train nebius FOLDER "
    "--model MODEL, dataprep train together FOLDER --model MODEL. Their models: dataprep providers."
)
