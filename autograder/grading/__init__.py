"""Nothing lives here any more but a name that course folders of earlier versions ask for."""
